import { createTheme, Modal, Popover, Menu, Select, type MantineColorsTuple } from '@mantine/core';

const brand: MantineColorsTuple = [
  '#eef0ff',
  '#dfe2ff',
  '#bcc3ff',
  '#a1abff',
  '#7f8cfb',
  '#6473f6',
  '#4b5bf2',
  '#3f4ee0',
  '#3743c9',
  '#2b35a3',
];

/** From texts to grounds, as the dark half of tokens.css. */
const dark: MantineColorsTuple = [
  '#eceef4',
  '#c5cbd8',
  '#a0a8ba',
  '#667089',
  '#262c39',
  '#1b2130',
  '#151a25',
  '#11151e',
  '#0c1017',
  '#080b10',
];

export const theme = createTheme({
  colors: { brand, dark },
  primaryColor: 'brand',
  primaryShade: 6,
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--mono)',
  defaultRadius: 7,
  cursorType: 'pointer',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  components: {
    // The page scrolls inside the shell: there is nothing to lock.
    Modal: Modal.extend({ defaultProps: { lockScroll: false, transitionProps: { duration: 120 } } }),
    Popover: Popover.extend({ defaultProps: { transitionProps: { duration: 100 }, shadow: 'md' } }),
    Menu: Menu.extend({ defaultProps: { transitionProps: { duration: 100 }, shadow: 'md' } }),
    Select: Select.extend({ defaultProps: { comboboxProps: { transitionProps: { duration: 100 } } } }),
  },
});
