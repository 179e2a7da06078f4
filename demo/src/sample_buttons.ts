/** The buttons of sample sessions: the one whose session is shown is pressed. */
import { byId, element } from './dom.js';

export class SampleButtons {
  private readonly sessions = new Map<HTMLButtonElement, ReadonlySet<string>>();
  private shown = '';

  /** `sessions`: the addresses of what the button opens, one or any of several. */
  add(name: string, sessions: ReadonlySet<string>, chosen: () => void): void {
    const button = element('button', { type: 'button', class: 'sample' }, name);
    button.addEventListener('click', chosen);
    this.sessions.set(button, sessions);
    byId('samples').append(button);
    this.mark(this.shown);
  }

  /** Tells the buttons the address of the session that is shown. */
  mark(address: string): void {
    this.shown = address;
    for (const [button, sessions] of this.sessions) button.setAttribute('aria-pressed', String(sessions.has(address)));
  }
}
