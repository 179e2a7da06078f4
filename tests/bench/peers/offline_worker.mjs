// A worker of row 14: bytes in, floats out, both in shared memory. Or arithmetic alone, to see what a second thread can give at all.
import { parentPort, workerData } from 'node:worker_threads';
import * as fc from '../../../dist/index.js';
import { OfflineJob } from './offline_job.mjs';

const job = await OfflineJob.start(fc, workerData);
parentPort.on('message', ({ framed, out, steps = 0 }) => {
  let x = 1;
  for (let i = 0; i < steps; ++i) x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + i;
  if (framed) job.run(framed, out);
  parentPort.postMessage(x);
});
parentPort.postMessage('ready');
