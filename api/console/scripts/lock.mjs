// Takes out of package-lock.json what names addresses (funding pages): the lock holds names, versions and hashes alone.
import { readFileSync, writeFileSync } from "node:fs";

const FILE = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(FILE, "utf8"));
for (const one of Object.values(lock.packages)) {
  delete one.funding;
  delete one.resolved;
}
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
