/** What in-page.js finds out about a page; lengths in CSS pixels. */
export type PageFacts = {
  /** How much wider the page is than the window. */
  overflow: number;
  plots: {
    label: string;
    width: number;
    height: number;
    texts: number;
    /** Texts that reach out of their plot. */
    outside: string[];
    /** Texts on which another one is written. */
    clashing: string[];
  }[];
  /** Right edges of the interval and the verdict of each effect. */
  answers: number[];
  /** Marks of the ratio plot that are not level with a ratio. */
  strays: string[];
  sections: { id: string; height: number }[];
  /** Elements that reach beyond the right edge of the window, those that can be scrolled to included. */
  tooWide: string[];
  /** Tables that have to be scrolled sideways. */
  scrolling: number;
  /** Colour behind the text. */
  ground: string;
};
