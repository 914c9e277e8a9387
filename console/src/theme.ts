import type { ThemeConfig } from 'antd'
import type { Language } from './i18n/language.ts'

/** The one accent: a deep tide blue, 5.6:1 on white. */
export const accent = '#0b6e99'

/** Series colours of charts, at most six, told apart by people with colour blindness too. */
export const seriesColours = ['#0b6e99', '#d9822b', '#3d8f5f', '#8c5aa8', '#b83a4b', '#6b7785'] as const

const chineseFonts = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif'

/** Chinese faces first in Chinese, where they draw figures and quotes to fit; Latin faces first in English, for the same reason. */
export const fontFamilies: Readonly<Record<Language, string>> = {
  zh: chineseFonts,
  en: `-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,${chineseFonts}`,
}

/** Whoever asks the system for less motion gets none here. */
const calm = globalThis.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? false

/** Compact sizes without the compact algorithm's shrunken fonts: 13 px text is what eight hours of reading bear. */
export const theme = (language: Language): ThemeConfig => ({
  token: {
    colorPrimary: accent,
    colorInfo: accent,
    colorLink: accent,
    colorText: '#1d2733',
    colorTextSecondary: '#566271',
    colorTextTertiary: '#5f6b78',
    colorBorderSecondary: '#e6eaee',
    colorBgLayout: '#f4f6f8',
    borderRadius: 6,
    fontFamily: fontFamilies[language],
    fontSize: 13,
    fontSizeSM: 12,
    controlHeight: 30,
    padding: 14,
    paddingLG: 18,
    sizeStep: 4,
    wireframe: false,
    motion: !calm,
    motionDurationMid: '0.12s',
    motionDurationSlow: '0.16s',
  },
  components: {
    Layout: { siderBg: '#ffffff', headerBg: '#ffffff', headerHeight: 48, headerPadding: '0 20px' },
    Menu: {
      itemHeight: 34,
      itemMarginBlock: 2,
      itemBorderRadius: 6,
      activeBarBorderWidth: 0,
      itemSelectedBg: '#e4f1f6',
      itemSelectedColor: accent,
    },
    Table: { cellPaddingBlockSM: 7, cellPaddingInlineSM: 10, headerBg: '#f7f9fa', headerColor: '#566271', headerSplitColor: 'transparent' },
    Card: { bodyPaddingSM: 14, headerHeightSM: 40 },
    Tabs: { horizontalMargin: '0 0 12px 0' },
  },
})
