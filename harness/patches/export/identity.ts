import { UsageError } from "../../base/errors.ts";
import type { Shell } from "../../base/shell.ts";

/** Who signs off, as git writes it: `Name <address>`. */
export type Identity = string;

/**
 * The caller's own identity, from git's configuration and GIT_COMMITTER_*; nothing that git would make up from the name
 * of the machine.
 * @throws UsageError IDENTITY_MISSING
 */
export async function callerIdentity($: Shell): Promise<Identity> {
  const answer = await $({
    okExitCodes: [0, 1, 128],
  }).ask`git -c user.useConfigOnly=true var GIT_COMMITTER_IDENT`;
  const identity = /^(.+ <.+@.+>) \d+ [-+]\d{4}$/.exec(answer.stdout.trim())?.[1];
  if (answer.exitCode === 0 && identity !== undefined) return identity;
  throw new UsageError({
    code: "IDENTITY_MISSING",
    message: "Git does not know who you are, and an exported patch carries your sign-off.",
    remedy: 'git config --global user.name "Your Name" and git config --global user.email you@example.org',
  });
}
