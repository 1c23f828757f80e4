// A temporary folder for a test, put away when it ends.
import fs from 'node:fs';
import os from 'node:os';
import nodePath from 'node:path';
import type { TestContext } from 'node:test';

export function createFolder(test: TestContext): string {
  const folder = fs.mkdtempSync(nodePath.join(os.tmpdir(), 'fluffy-'));
  test.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}
