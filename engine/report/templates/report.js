"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const player = document.getElementById("player");
  const dock = document.getElementById("dock");
  const parts = JSON.parse(document.getElementById("parts").textContent);
  let files = new Map(); // part number -> address of the file the reader chose
  let current = -1;

  // A key frame becomes the still of its clip, with a button to play it; without this script both are shown.
  for (const shot of all(".shot")) {
    const image = shot.querySelector("img");
    const video = shot.querySelector("video");
    if (!image || !video) continue;
    video.poster = image.src;
    video.controls = false;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "play";
    button.setAttribute("aria-label", `播放${video.getAttribute("aria-label")}`);
    video.after(button);
    const start = () => {
      button.remove();
      video.controls = true;
      video.play().catch(() => {}); // an unreadable clip shows the browser's own message
      video.focus();
    };
    button.addEventListener("click", start);
    shot.classList.add("live");
  }

  // One thing plays at a time.
  document.addEventListener("play", (event) => {
    for (const other of all("video, audio")) if (other !== event.target) other.pause();
  }, true);

  // Whatever an address points into is opened first.
  function reveal() {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let box = target; box; box = box.parentElement) if (box.tagName === "DETAILS") box.open = true;
    target.scrollIntoView({ block: target.classList.contains("said") ? "center" : "start" });
  }
  addEventListener("hashchange", reveal);
  reveal();

  // On paper everything is open.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    for (const box of closed) box.open = true;
  });
  addEventListener("afterprint", () => {
    for (const box of closed) box.open = false;
  });

  function clock(seconds) {
    const whole = Math.max(0, Math.floor(seconds));
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  }

  function seek(time) {
    let part = parts.findIndex((one) => time >= one.offset && time < one.offset + one.duration);
    if (part < 0) part = 0;
    if (!files.has(part)) return;
    const place = Math.max(0, time - parts[part].offset);
    dock.hidden = false;
    if (current === part) {
      player.currentTime = place;
    } else {
      current = part;
      player.src = files.get(part);
      player.addEventListener("loadedmetadata", () => { player.currentTime = place; }, { once: true });
    }
    player.play().catch(() => {}); // the browser may want a click on the player first
  }

  const chooser = document.getElementById("original");
  if (chooser) {
    chooser.addEventListener("change", () => {
      for (const address of files.values()) URL.revokeObjectURL(address);
      files = new Map();
      current = -1;
      const chosen = [...chooser.files];
      parts.forEach((part, number) => {
        const file = chosen.find((one) => one.name === part.name) || (parts.length === 1 && chosen[0]);
        if (file) files.set(number, URL.createObjectURL(file));
      });
      const known = chosen.length > 0 && chosen.every((file) => parts.some((part) => part.name === file.name));
      document.getElementById("original-said").textContent = !files.size
        ? "所选文件与本报告的录制文件名不符。"
        : known ? "已打开，点击任意时间即可播放。" : "文件名与报告记录不同，请确认是同一份录制。";
      for (const stamp of all(".stamp")) {
        stamp.classList.toggle("live", files.size > 0);
        stamp.setAttribute("role", "button");
        stamp.tabIndex = files.size ? 0 : -1;
      }
      if (files.size) seek(0);
    });
  }
  document.addEventListener("click", (event) => {
    const stamp = event.target.closest("[data-time]");
    if (stamp && files.size) seek(Number(stamp.dataset.time));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.classList.contains("stamp")) event.target.click();
  });
  player.addEventListener("timeupdate", () => {
    if (current >= 0) document.getElementById("now").textContent = clock(player.currentTime + parts[current].offset);
  });
  document.getElementById("undock").addEventListener("click", () => {
    player.pause();
    dock.hidden = true;
  });
})();
