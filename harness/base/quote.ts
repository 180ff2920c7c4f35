/** A command line that a shell reads back as the same words; for dry runs and reproducers. */
export function shellQuote(words: string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");
}
