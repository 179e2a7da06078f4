/** What reads files, before it is known whether any will be read: see js/src/loading/foresight.ts. */
export const files = () => import('../loading/resources.js');

/** Fetches it beside what starts a runtime. */
export function foreseeFiles(): void {
  files().catch(() => {});
}
