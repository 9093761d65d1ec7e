import { GlobalOutlined, LogoutOutlined } from "@ant-design/icons";
import { Avatar, Dropdown } from "antd";
import { NavLink, useNavigate } from "react-router-dom";
import { useSession, type Me } from "@/api/session";
import { common } from "@/i18n/common";
import { useLanguage, useTexts } from "@/i18n/language";
import { navigation } from "@/pages/registry";

/** The rail on the left: the pages of one's role, language, one's own name. */
export function Navigation({ me }: { me: Me }) {
  const words = useTexts(common);
  const { language, choose } = useLanguage();
  const { signOut } = useSession();
  const go = useNavigate();
  return (
    <div className="rail">
      <div className="rail-mark"><img src="/console/mark.svg" alt={words.product} /></div>
      <nav aria-label={words.navigation}>
        {navigation(me.role).map((one) => (
          <NavLink key={one.path} to={one.path} className={({ isActive }) => `rail-item${isActive ? " here" : ""}`}>
            {one.nav?.icon}
            <span>{one.title[language]}</span>
          </NavLink>
        ))}
      </nav>
      <div className="rail-foot">
        <button
          type="button"
          className="plain rail-item"
          title={words.languageHint}
          onClick={() => choose(language === "zh" ? "en" : "zh")}
        >
          <GlobalOutlined />
          <span>{words.language}</span>
        </button>
        <Dropdown
          placement="topRight"
          trigger={["click"]}
          menu={{
            items: [
              { key: "who", disabled: true, label: <><b>{me.name}</b> · {words[me.role]}</> },
              { type: "divider" },
              { key: "out", icon: <LogoutOutlined />, label: words.signOut },
            ],
            onClick: ({ key }) => {
              if (key === "out") void signOut().finally(() => go("/login"));
            },
          }}
        >
          <button type="button" className="plain rail-item" title={`${me.name} · ${words[me.role]}`}>
            <Avatar size={26} aria-hidden>{me.name.slice(0, 1).toUpperCase()}</Avatar>
            <span className="ellipsis" style={{ maxWidth: 58 }}>{me.name}</span>
          </button>
        </Dropdown>
      </div>
    </div>
  );
}
