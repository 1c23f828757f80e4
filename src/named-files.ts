// What the configuration names besides the logs, and can't be read or written: for `fluffy check`, as a start would fail by
// it or a message would not be sent.
import type { Config } from './config/schema.ts';
import { explainFolder } from './folder-access.ts';
import { readTokenFile } from './http/token-file.ts';
import { createSecretReader, findSecretProblems } from './outputs/secret.ts';
import type { Environment } from './outputs/secret.ts';

/** A sentence for each file, folder and variable. */
export async function findFileProblems(config: Config, environment: Environment): Promise<string[]> {
  const { http, channels, statePath, alertPath, reportPath, logPath } = config;
  const token = http.tokenPath === null ? null : readTokenFile(http.tokenPath);
  const secrets = await findSecretProblems(channels, createSecretReader(environment));
  const folders = [statePath, alertPath, reportPath, logPath].map((path) => path && explainFolder(path));
  const problems = [token?.ok === false ? token.problem : null, ...secrets, ...new Set(folders)];
  return problems.filter((problem) => problem !== null);
}
