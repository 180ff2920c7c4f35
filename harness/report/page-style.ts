/**
 * The report's style sheet: readable on a telephone and on paper, light or dark as the reader has it. The colours of arms
 * and phases are of M. Okabe and K. Ito's palette, which colour-blind readers can tell apart; those of arms are lighter
 * on a dark ground. Neighbouring phases differ in lightness, for paper without colour.
 */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --ground: #fff; --text: #1a1a1a; --faint: #5c5c5c; --line: #d5d5d5; --warn-ground: #fff4d6; --warn-line: #d08c00;
  --base: #0072b2; --base-again: #56b4e9; --prezero: #d55e00; --prezero-disabled: #00825e;
  --init-on-free: #a8457d; --prealloc: #8a6a00; --hugetlb: #2d86b5;
  --other-1: #6a4fb5; --other-2: #8f1d2c; --other-3: #4a7a00; --other-4: #b0508f; --other-5: #006d77; --other-6: #7a5230;
  --phase-exec: #000; --phase-start: #e69f00; --phase-ram: #d55e00; --phase-machine: #f0e442;
  --phase-device: #009e73; --phase-map: #56b4e9; --phase-remap: #0072b2; --phase-guest: #cc79a7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #141414; --text: #e8e8e8; --faint: #a8a8a8; --line: #3a3a3a; --warn-ground: #33270a; --warn-line: #e0a020;
    --base: #56b4e9; --base-again: #a6d8f5; --prezero: #ff8c42; --prezero-disabled: #2fc79a;
    --init-on-free: #e39bc4; --prealloc: #e69f00; --hugetlb: #9fd4f2;
    --other-1: #b3a0f0; --other-2: #f07f8c; --other-3: #a5d65c; --other-4: #eaa6d2; --other-5: #5fd0d8; --other-6: #d9b08c;
    --phase-exec: #fff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1rem; max-width: 68rem; background: var(--ground); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif;
}
h1 { font-size: 1.4rem; overflow-wrap: anywhere; margin: 0.5rem 0 0; }
h2 { font-size: 1.1rem; line-height: 1.3; margin: 2.2rem 0 0.5rem; }
p { margin: 0.5rem 0; max-width: 46rem; }
.note, figcaption { color: var(--faint); font-size: 0.9rem; }
.caveat {
  max-width: none; padding: 0.6rem 0.8rem; font-weight: 600;
  background: var(--warn-ground); border-left: 4px solid var(--warn-line);
}
/* The shadow at an edge says that there is more; where there is not, what scrolls with the table covers it. */
.scroll {
  overflow-x: auto; max-width: 100%;
  background:
    linear-gradient(to right, var(--ground) 40%, transparent) left / 1.5rem 100% no-repeat local,
    linear-gradient(to left, var(--ground) 40%, transparent) right / 1.5rem 100% no-repeat local,
    linear-gradient(to right, var(--line), transparent) left / 0.6rem 100% no-repeat scroll,
    linear-gradient(to left, var(--line), transparent) right / 0.6rem 100% no-repeat scroll;
}
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
th, td {
  padding: 0.25rem 0.8rem 0.25rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line);
}
th:last-child, td:last-child { padding-right: 0; }
th { font-weight: 600; color: var(--faint); }
th, .number, .short { white-space: nowrap; }
.number { text-align: right; }
.text { min-width: 6rem; }
.text:last-child { min-width: 11rem; overflow-wrap: anywhere; }
a { color: inherit; }
.pair { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; align-items: flex-start; }
figure { margin: 0; flex: 0 1 26rem; min-width: min(100%, 20rem); }
figure svg { display: block; width: 100%; height: auto; }
@media (max-width: 40rem) {
  body { padding: 0.75rem; }
  h1 { font-size: 1.2rem; }
  table { font-size: 0.75rem; }
  th, td { padding-right: 0.4rem; }
  /* The verdict stays on the screen, whatever it is. */
  th, th.number, th.short { white-space: normal; vertical-align: bottom; }
  #result td:nth-child(2) { white-space: normal; overflow-wrap: anywhere; min-width: 6.6rem; }
  #result th.text, #result td.text { min-width: 4.8rem; width: 4.8rem; }
  figure { flex-basis: 100%; }
}
@media print {
  @page { size: A4; margin: 14mm; }
  :root {
    color-scheme: light; font-size: 10pt;
    --ground: #fff; --text: #000; --faint: #333; --line: #bbb; --warn-ground: #fff; --warn-line: #000;
    --base: #0072b2; --base-again: #56b4e9; --prezero: #d55e00; --prezero-disabled: #00825e;
    --init-on-free: #a8457d; --prealloc: #8a6a00; --hugetlb: #2d86b5;
    --other-1: #6a4fb5; --other-2: #8f1d2c; --other-3: #4a7a00; --other-4: #b0508f; --other-5: #006d77; --other-6: #7a5230;
    --phase-exec: #000;
  }
  body { padding: 0; max-width: none; font-size: 1rem; print-color-adjust: exact; }
  p { max-width: none; }
  table { font-size: 0.85rem; }
  th, td { padding-right: 0.45rem; }
  figure { flex-basis: 8.4cm; min-width: 0; }
  h2 { break-after: avoid; }
  figure, tr, .caveat { break-inside: avoid; }
  .scroll { overflow: visible; background: none; }
}
`.trim();
