// The book of held rows against a plain model of it, over random work.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { build } from 'esbuild';
import { random } from '../suites/table_bytes.mjs';
import { root } from './package.mjs';

const bundle = await build({ entryPoints: [path.join(root, 'js/src/rows/slots.ts')], bundle: true, format: 'esm', write: false, logLevel: 'error' });
const { Slots, SLOT_BYTES } = await import(`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString('base64')}`);

test('slots: what they cost is what is said', () => {
  for (const capacity of [1, 2, 3, 1000, 1025, 65_537]) assert.ok(new Slots(capacity).bytes <= capacity * SLOT_BYTES + 8, String(capacity));
});

for (const [capacity, ids, seed] of [[1, 4, 1], [5, 12, 2], [16, 40, 3], [64, 4_000_000_000, 4], [100, 150, 5]]) {
  test(`slots: ${capacity} of them for ${ids} rows behave as a list does, oldest first`, () => {
    const next = random(seed);
    const slots = new Slots(capacity);
    const pool = ids > 1000 ? Array.from({ length: 200 }, () => Math.floor(next() * ids)) : Array.from({ length: ids }, (_, i) => i);
    // By id: the slot, its pins, the parts that have not arrived. `idle` in the order of their last use. `dead` were given up while pinned.
    const rows = new Map();
    let idle = [];
    const dead = [];
    for (let step = 0; step < 20_000; ++step) {
      const id = pool[Math.floor(next() * pool.length)];
      const row = rows.get(id);
      assert.equal(slots.find(id), row ? row.slot : -1);
      const pinned = [...rows.values()].filter(({ pins }) => pins > 0).length + dead.length;
      assert.equal(slots.count, pinned + idle.length);
      const wanted = Uint32Array.from(new Set([id, pool[Math.floor(next() * pool.length)]]));
      const more = [...wanted].filter((each) => !(rows.get(each)?.pins > 0)).length;
      assert.equal(slots.fits(wanted), pinned + more <= capacity);
      const action = next();
      if (!row) {
        if (pinned === capacity) continue;
        const full = rows.size + dead.length === capacity;
        const slot = slots.take(id, 2);
        if (full) {
          const [oldest] = idle;
          assert.equal(slot, rows.get(oldest).slot, 'the least recently used one');
          rows.delete(oldest);
          idle = idle.slice(1);
        }
        for (const other of [...rows.values(), ...dead]) assert.notEqual(other.slot, slot);
        rows.set(id, { slot, pins: 1, left: 2 });
      } else if (row.left > 0 && action < 0.1) {
        slots.drop(row.slot);
        rows.delete(id);
        dead.push(row);
      } else if (row.left > 0 && action < 0.5) {
        slots.arrived(row.slot);
        row.left -= 1;
        assert.equal(slots.isHeld(row.slot), row.left === 0);
      } else if (action < 0.6) {
        slots.pin(row.slot);
        if (row.pins++ === 0) idle = idle.filter((each) => each !== id);
      } else if (row.pins > 1 || (row.pins === 1 && row.left === 0)) {
        slots.unpin(row.slot);
        if (--row.pins === 0) idle.push(id);
      }
      if (dead.length > 0 && next() < 0.3) {
        const [each] = dead;
        slots.unpin(each.slot);
        if (--each.pins === 0) dead.shift();
      }
    }
    assert.ok(rows.size > 0);
  });
}
