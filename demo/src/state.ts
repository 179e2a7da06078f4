/** What the visitor has put together: watched films and impressions, kept in the address so that it can be sent on. */

export interface Session {
  /** As it was watched: a film may be in it more than once, and counts as often in the mean. */
  readonly watched: readonly string[];
  readonly impressions: readonly string[];
}

type Feature = keyof Session;
const LETTERS: Record<Feature, string> = { watched: 'w', impressions: 'i' };

/** `#w=0.17&i=3.~a%20film%20nobody%20knows`: ids of the vocabulary; what is not in it as text after a tilde. */
export function encodeSession(session: Session, idOf: (title: string) => number): string {
  const encode = (titles: readonly string[]) =>
    titles.map((title) => (idOf(title) >= 0 ? String(idOf(title)) : `~${encodeURIComponent(title).replaceAll('.', '%2E')}`)).join('.');
  return `#${LETTERS.watched}=${encode(session.watched)}&${LETTERS.impressions}=${encode(session.impressions)}`;
}

/** The session in an address; undefined where there is none. Ids that no film has are left out. */
export function decodeSession(hash: string, titles: readonly string[]): Session | undefined {
  const parts = new Map(hash.slice(1).split('&').map((part) => [part.slice(0, 1), part.slice(2)] as const));
  if (!parts.has(LETTERS.watched) && !parts.has(LETTERS.impressions)) return undefined;
  const decode = (text = '', repeats = false) => {
    const found: string[] = [];
    for (const item of text.split('.').filter((each) => each !== '')) {
      const title = item.startsWith('~') ? unescapeText(item.slice(1)) : /^\d+$/.test(item) ? titles[Number(item)] : undefined;
      if (title !== undefined && (repeats || !found.includes(title))) found.push(title);
    }
    return found;
  };
  return { watched: decode(parts.get(LETTERS.watched), true), impressions: decode(parts.get(LETTERS.impressions)) };
}

function unescapeText(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // an address cut short in a message
  }
}

/** Holds the session and tells everyone who listens of each change. */
export class Store {
  private readonly listeners: ((session: Session) => void)[] = [];

  constructor(private session: Session) {}

  get current(): Session {
    return this.session;
  }

  listen(listener: (session: Session) => void): void {
    this.listeners.push(listener);
  }

  replace(session: Session): void {
    this.session = session;
    for (const listener of this.listeners) listener(session);
  }

  add(feature: Feature, title: string): void {
    if (!this.session[feature].includes(title)) this.replace({ ...this.session, [feature]: [...this.session[feature], title] });
  }

  /** Adds a title, or takes it out wherever it is. */
  toggle(feature: Feature, title: string): void {
    if (!this.session[feature].includes(title)) return this.add(feature, title);
    this.replace({ ...this.session, [feature]: this.session[feature].filter((each) => each !== title) });
  }

  remove(feature: Feature, index: number): void {
    this.replace({ ...this.session, [feature]: this.session[feature].filter((_, each) => each !== index) });
  }
}
