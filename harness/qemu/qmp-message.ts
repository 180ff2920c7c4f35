import { z } from "zod";

/** What QEMU says first (docs/interop/qmp-spec in QEMU's source). */
export const greetingSchema = z.object({
  QMP: z.object({
    version: z.object({
      qemu: z.object({ major: z.int(), minor: z.int(), micro: z.int() }),
      package: z.string(),
    }),
    capabilities: z.array(z.unknown()),
  }),
});
export type Greeting = z.infer<typeof greetingSchema>;

const returnSchema = z.object({ return: z.unknown(), id: z.int().optional() });
const errorSchema = z.object({
  error: z.object({ class: z.string(), desc: z.string() }),
  id: z.int().optional(),
});
const eventSchema = z.object({
  event: z.string(),
  data: z.record(z.string(), z.unknown()).optional(),
  timestamp: z.object({ seconds: z.number(), microseconds: z.number() }),
});
export type QmpEvent = z.infer<typeof eventSchema>;

/** Any line that QEMU may send after its greeting. Order matters: an event and an error have no `return`. */
export const messageSchema = z.union([eventSchema, errorSchema, returnSchema]);
export type QmpMessage = z.infer<typeof messageSchema>;

/** `7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)`. */
export function versionText(greeting: Greeting): string {
  const { qemu, package: packaged } = greeting.QMP.version;
  const number = `${qemu.major}.${qemu.minor}.${qemu.micro}`;
  return packaged.trim() === "" ? number : `${number} (${packaged.trim().replace(/^\((.*)\)$/, "$1")})`;
}
