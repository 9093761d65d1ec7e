import type { Rule } from "antd/es/form";

/** A field that must not stay empty. Said by a validator of its own: `required` puts aria-required on elements that may not have it. */
export function needed(message: string): Rule {
  return {
    validator: (_, value: unknown) => {
      const empty = value === undefined || value === null || (typeof value === "string" && !value.trim()) || (Array.isArray(value) && !value.length);
      return empty ? Promise.reject(new Error(message)) : Promise.resolve();
    },
  };
}
