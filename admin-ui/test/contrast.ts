import type { Page } from 'playwright-core';

/** WCAG 2.2 AA for text of normal size. */
const LEAST_RATIO = 4.5;

/** Texts of the page whose colour is too near to the ground they stand on. */
export function lowContrastTexts(page: Page): Promise<string[]> {
  // Runs in the page: everything it needs is inside.
  return page.evaluate((least) => {
    const parse = (color: string): number[] => (color.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = (color: string): number => {
      const [r = 0, g = 0, b = 0] = parse(color).map((part) => {
        const share = part / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const groundOf = (element: Element | null): string => {
      if (!element) return 'rgb(255, 255, 255)';
      const { backgroundColor } = getComputedStyle(element);
      return parse(backgroundColor)[3] === 0 ? groundOf(element.parentElement) : backgroundColor;
    };
    const hasText = (element: Element): boolean =>
      [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
    const tooLow: string[] = [];
    for (const element of document.querySelectorAll('body *')) {
      if (!hasText(element) || element.tagName === 'NOSCRIPT') continue;
      const [a, b] = [luminance(getComputedStyle(element).color), luminance(groundOf(element))];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (ratio < least) tooLow.push(`${element.textContent?.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
    }
    return tooLow;
  }, LEAST_RATIO);
}
