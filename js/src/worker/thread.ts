/** The script of the worker: `feature-columns/worker-thread`. It loads the package's own entry, so that there is one core in the package. */
import { hasFiles, nodeModule } from '../loading/location.js';
import { Host, type Entry } from './host.js';
import { portOf, type AnyWorker } from './port.js';

const entry: Entry = (external) => (external ? import('../external.js') : import('../index.js'));

if (hasFiles()) {
  const { parentPort } = await nodeModule<{ parentPort: AnyWorker | null }>('worker_threads');
  if (parentPort) new Host(portOf(parentPort), entry);
} else {
  new Host(portOf(globalThis as unknown as Worker), entry);
}
