export interface Waiting {
  name: string | null;
  pending: number;
  overdue: number;
  today: number;
  week: number;
  later: number;
  appealed: number;
}

export interface Workload {
  overall: Waiting;
  people: Waiting[];
  branches: Waiting[];
  reasons: Waiting[];
}

export interface ItemFigures {
  item: string;
  title: string;
  severity: "critical" | "high" | "medium" | "low";
  sessions: number;
  fail: number;
  review: number;
  inconclusive: number;
  confirmed: number;
  overturned: number;
  cannot_tell: number;
  missed: number;
  precision: number | null;
  low: number | null;
  high: number | null;
  fail_precision: number | null;
  overturn_rate: number | null;
  links: Record<string, string>;
}

export interface Reviewers {
  items: {
    name: string;
    reviews: number;
    seconds: number | null;
    share: number | null;
    confirmed: number;
    overturned: number;
    cannot_tell: number;
    judged: number;
    changed: number;
    sessions: string;
  }[];
  pairs: number;
  agreed: number;
  kappa: number | null;
}

export interface Sampling {
  sampled: number;
  missed: number;
  share: number | null;
  low: number | null;
  high: number | null;
  clear: number;
  estimated: number | null;
  sessions: string;
  unnamed: number;
  items: {
    item: string;
    title: string;
    severity: string;
    sampled: number;
    missed: number;
    share: number | null;
    low: number | null;
    high: number | null;
    passed: number;
    estimated: number | null;
  }[];
}

export interface Coverage {
  quota: string;
  title: string;
  basis: string;
  insurer: string;
  branch: string;
  period: string;
  sold: number;
  required: number | null;
  done: number;
  late: number;
  undated: number;
  waiting: number;
  lost: number;
  ratio: number;
  shortfall: number;
  beyond_reach: number;
}

export interface Quotas {
  period: string;
  full_length_share: number;
  coverage: Coverage[];
  shortfall: number;
}
