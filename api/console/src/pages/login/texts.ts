import { defineTexts } from "@/i18n/language";

export const texts = defineTexts(
  {
    name: "明鉴",
    what: "双录与电话回访质检",
    promise: "每一段录音录像都看过，每一个结论都有凭据。",
    signIn: "登录控制台",
    points1: "按剩余时间排好的待办，先处理最急的",
    points2: "每个问题直达原声和画面，一键判定",
    points3: "机器只提示，结论由人作出，全程留痕",
  },
  {
    name: "Mingjian",
    what: "Inspection of recorded insurance sales",
    promise: "Every recording seen, every finding with its proof.",
    signIn: "Sign in to the console",
    points1: "What is due first comes first",
    points2: "Each finding opens at its clip; one key decides",
    points3: "The machine points, people decide, all of it on record",
  },
);
