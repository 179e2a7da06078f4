/** One way to speak to either kind of thread: a browser's Worker, or one of Node's worker_threads. */

/** What a page has of its worker, and a worker of its page. */
export interface Port {
  post(message: unknown, transfer?: readonly Transferable[]): void;
  /** The other side's messages; and why it ended, if it did by itself. */
  listen(onMessage: (message: never) => void, onFailure: (reason: string) => void): void;
  /** Whether this thread is to stay alive for the other side (Node). */
  keepAlive(alive: boolean): void;
  close(): void;
}

interface NodePort {
  postMessage(message: unknown, transfer?: readonly Transferable[]): void;
  on(event: string, listener: (value: never) => void): unknown;
  ref?(): void;
  unref?(): void;
  terminate?(): Promise<number>;
  close?(): void;
}

/** A worker of either kind, or a MessagePort of one. */
export type AnyWorker = Worker | MessagePort | NodePort;

const isNodePort = (worker: AnyWorker): worker is NodePort => typeof (worker as NodePort).on === 'function';

export function portOf(worker: AnyWorker): Port {
  if (isNodePort(worker)) {
    return {
      post: (message, transfer = []) => worker.postMessage(message, transfer),
      listen(onMessage, onFailure) {
        worker.on('message', onMessage);
        worker.on('messageerror', (error: Error) => onFailure(error.message));
        worker.on('error', (error: Error) => onFailure(error?.message ?? String(error)));
        worker.on('exit', (code: number) => onFailure(`it ended with exit code ${code}`));
      },
      keepAlive: (alive) => (alive ? worker.ref?.() : worker.unref?.()),
      close: () => void (worker.terminate ? worker.terminate() : worker.close?.()),
    };
  }
  return {
    post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
    listen(onMessage, onFailure) {
      const target = worker as Worker;
      target.addEventListener('message', ({ data }) => onMessage(data as never));
      target.addEventListener('messageerror', () => onFailure('a message could not be read'));
      target.addEventListener('error', (event) => {
        event.preventDefault?.();
        onFailure(event.message || 'its script could not be loaded or failed');
      });
      (worker as MessagePort).start?.();
    },
    keepAlive: () => {},
    close: () => ((worker as Worker).terminate ? (worker as Worker).terminate() : (worker as MessagePort).close()),
  };
}
