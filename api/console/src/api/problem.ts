import type { Language } from "@/i18n/language";

/** One thing wrong with a request: where, and what. */
export interface Fault {
  field: string;
  message: string;
}

interface ProblemDetails {
  status: number;
  code: string;
  number: string;
  zh: string;
  en: string;
  instance?: string;
  errors?: Fault[];
}

/** An error of the server as it tells it (problem details): a code, Chinese and English; or what kept us from it. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  readonly request: string | null;
  readonly faults: Fault[];
  /** What the answer held besides, such as the changes of `review_changed`. */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(details: ProblemDetails, extra: Record<string, unknown> = {}) {
    super(details.zh);
    this.name = "Problem";
    this.status = details.status;
    this.code = details.code;
    this.zh = details.zh;
    this.en = details.en;
    this.request = details.instance?.split(":").at(-1) ?? null;
    this.faults = details.errors ?? [];
    this.extra = extra;
  }

  text(language: Language): string {
    return language === "zh" ? this.zh : this.en;
  }

  /** Whether the server was never reached: the same may be sent again. */
  get isOffline(): boolean {
    return this.status === 0;
  }
}

export function offline(): Problem {
  return new Problem({
    status: 0,
    code: "offline",
    number: "",
    zh: "连不上服务器，请检查网络后重试。",
    en: "The server cannot be reached. Check the network and try again.",
  });
}

/** The problem in an answer, whatever it holds: a proxy in between answers in its own way. */
export async function problemOf(response: Response): Promise<Problem> {
  let content: Record<string, unknown> = {};
  try {
    content = (await response.json()) as Record<string, unknown>;
  } catch {
    // no JSON: the status is all there is
  }
  if (typeof content.zh === "string" && typeof content.code === "string") {
    return new Problem(content as unknown as ProblemDetails, content);
  }
  return new Problem({
    status: response.status,
    code: `http_${response.status}`,
    number: "",
    zh: `服务器没有正常应答（${response.status}）。`,
    en: `The server did not answer as it should (${response.status}).`,
  });
}

/** Any thrown thing as a Problem; what is none is a fault of the console itself. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem({
    status: -1,
    code: "console",
    number: "",
    zh: `控制台出错：${error instanceof Error ? error.message : String(error)}`,
    en: `The console failed: ${error instanceof Error ? error.message : String(error)}`,
  });
}
