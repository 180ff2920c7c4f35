/** Longest slug; file names stay readable in a listing. */
const SLUG_CHARACTERS = 40;

/** A subject as part of a file name: `mm: page_prezero: add a pool` becomes `page-prezero-add-a-pool`. */
export function patchSlug(subject: string): string {
  const words = subject
    .replace(/^[a-z_-]+: +(?=.*\S)/i, "")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  let slug = "";
  for (const word of words) {
    if (slug.length + word.length >= SLUG_CHARACTERS) break;
    slug = slug === "" ? word : `${slug}-${word}`;
  }
  return slug === "" ? "patch" : slug;
}
