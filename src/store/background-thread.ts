// What runs in the thread that writes large commits, beside the monitor: a connection of its own, and one commit at a time. Started
// by background-writer.ts.
import { workerData } from 'node:worker_threads';
import { messageOf } from '../message-of.ts';
import { CommitWriter } from './commit-writer.ts';
import { connectToWrite } from './connection.ts';
import type { Connection } from './connection.ts';
import type { BackgroundReply, BackgroundRequest, BackgroundSetting } from './background-writer.ts';
import { RowsReceiver } from './rows-message.ts';

const { path, port, replies }: BackgroundSetting = workerData;
const receiver = new RowsReceiver();
let database: Connection | null = null;
let writer: CommitWriter | null = null;

port.on('message', (request: BackgroundRequest) => {
  const reply = answer(request);
  port.postMessage(reply, []);
  // For who waits without a look at its messages.
  Atomics.add(replies, 0, 1);
  Atomics.notify(replies, 0);
  if (request === 'end') port.close();
});

function answer(request: BackgroundRequest): BackgroundReply {
  try {
    if (request === 'end') {
      database?.close();
      return { problem: null };
    }
    const { history, ...rest } = request;
    const changes = history === null ? null : { ...history, rows: receiver.unpack(history.rows) };
    database ??= connectToWrite(path);
    writer ??= new CommitWriter(database);
    writer.write({ ...rest, history: changes });
    return { problem: null };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}
