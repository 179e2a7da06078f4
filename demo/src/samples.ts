/** Evenings to start from. All show the same films, so that the order tells what the history does. */
import type { SampleRow } from './model.js';
import type { Session } from './state.js';

const SHOWN = [
  'Shrek (2001)', 'Alien (1979)', 'Notting Hill (1999)', 'Iron Man (2008)', 'Tombstone (1993)', 'Saw (2004)', "Schindler's List (1993)", 'Blade Runner (1982)',
];

const WATCHED: readonly (readonly [name: string, watched: readonly string[]])[] = [
  ['In space, no one can hear you', ['Alien (1979)', 'Event Horizon (1997)', '28 Days Later... (2003)', 'The Shining (1980)']],
  ['Saturday with the kids', ['Toy Story (1995)', 'Ice Age (2002)', 'Monsters, Inc. (2001)', 'Chicken Run (2000)']],
  ['Capes', ['The Dark Knight (2008)', 'Iron Man (2008)', 'Spider-Man (2002)', 'X2 (2003)']],
  ['Rainy Sunday', ['Love Actually (2003)', "Bridget Jones's Diary (2001)", 'Pretty Woman (1990)']],
  ['High noon', ['Dances with Wolves (1990)', '3:10 to Yuma (2007)', 'The Wild Bunch (1969)']],
  ['True stories', ["Schindler's List (1993)", 'Goodfellas (1990)', 'Gandhi (1982)', 'The Aviator (2004)']],
];

export const samples: readonly { readonly name: string; readonly session: Session }[] =
  WATCHED.map(([name, watched]) => ({ name, session: { watched, impressions: SHOWN } }));

/** The session of the viewer to whom a sample row belongs: rows that follow each other with the same history. */
export function sessionAround(rows: readonly SampleRow[], index: number): Session {
  const same = (row: SampleRow | undefined) => row !== undefined && row.watched_video_id.join('\n') === rows[index]!.watched_video_id.join('\n');
  let first = index;
  let last = index;
  while (same(rows[first - 1])) --first;
  while (same(rows[last + 1])) ++last;
  const shown = rows.slice(first, last + 1).map((row) => row.impression_video_id).filter((title) => title !== '');
  return { watched: rows[index]!.watched_video_id, impressions: [...new Set(shown)] };
}
