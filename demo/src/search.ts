/** Finding films as one types: beginnings of titles first, then of words, then anywhere; the most watched first in each. */

const folded = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

export class Search {
  private readonly entries: readonly { readonly title: string; readonly text: string; readonly start: number }[];

  /** `titles` in the order of the vocabulary, which is that of fame. */
  constructor(titles: readonly string[]) {
    this.entries = titles.map((title) => {
      const text = folded(title);
      return { title, text, start: /^(the|a|an) /.exec(text)?.[0].length ?? 0 };
    });
  }

  /** At most `limit` titles for what was typed, none of them in `taken`. */
  find(typed: string, taken: ReadonlySet<string>, limit = 8): string[] {
    const wanted = folded(typed.trim());
    const ranks: string[][] = [[], [], []];
    for (const { title, text, start } of this.entries) {
      if (taken.has(title)) continue;
      const at = text.indexOf(wanted);
      if (at < 0) continue;
      const rank = at === 0 || text.startsWith(wanted, start) ? 0 : /[^\p{L}\p{N}]/u.test(text[at - 1]!) ? 1 : 2;
      ranks[rank]!.push(title);
      if (ranks[0]!.length === limit) break;
    }
    return ranks.flat().slice(0, limit);
  }
}
