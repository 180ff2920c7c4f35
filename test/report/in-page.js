// Runs in the page that the browser shows: what of its layout a reader would stumble over.

/** How far the text's box reaches out of its plot, in CSS pixels; 0 when it is inside. */
function reach(text, plot) {
  return Math.max(0, plot.left - text.left, text.right - plot.right, plot.top - text.top, text.bottom - plot.bottom);
}

/** Smaller side of what two boxes share. */
function overlap(a, b) {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return Math.max(0, Math.min(width, height));
}

/** @returns {import("./page-facts.ts").PageFacts} */
globalThis.pageFacts = () => {
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const box = (element) => element.getBoundingClientRect();
  const plots = all("figure svg").map((svg) => {
    const texts = all("text", svg).filter((text) => text.textContent.trim() !== "");
    const clash = (text, i) => texts.slice(i + 1).some((other) => overlap(box(text), box(other)) > 2);
    return {
      label: svg.getAttribute("aria-label"),
      width: box(svg).width,
      height: box(svg).height,
      texts: texts.length,
      outside: texts.filter((text) => reach(box(text), box(svg)) > 1).map((text) => text.textContent),
      clashing: texts.filter(clash).map((text) => text.textContent),
    };
  });
  const middle = (element) => (box(element).top + box(element).bottom) / 2;
  const ratios = all("#result svg text").filter((text) => /^[\d.]+$/.test(text.textContent));
  const marks = all("#result svg [fill^='var(--']");
  const pageWidth = document.documentElement.clientWidth;
  return {
    overflow: document.documentElement.scrollWidth - pageWidth,
    plots,
    answers: all("#result td:nth-child(4), #result td:nth-child(5)").map((cell) => box(cell).right),
    strays: marks
      .filter((mark) => !ratios.some((ratio) => Math.abs(middle(ratio) - middle(mark)) <= 1.5))
      .map((mark) => mark.getAttribute("fill")),
    sections: all("section").map((section) => ({ id: section.id, height: box(section).height })),
    tooWide: all("table, svg, h1, h2, p, figcaption")
      .filter((element) => box(element).right > pageWidth + 1)
      .map((element) => `${element.tagName} of ${element.closest("section")?.id}`),
    scrolling: all(".scroll").filter((region) => region.scrollWidth > region.clientWidth + 1).length,
    ground: getComputedStyle(document.body).backgroundColor,
  };
};
