// A worker of row 14: bytes in, floats out, both in shared memory.
import { parentPort, workerData } from 'node:worker_threads';
import * as fc from '../../../dist/index.js';
import { OfflineJob } from './offline_job.mjs';

const job = await OfflineJob.start(fc, workerData);
parentPort.on('message', ({ framed, out }) => {
  job.run(framed, out);
  parentPort.postMessage('done');
});
parentPort.postMessage('ready');
