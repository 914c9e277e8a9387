import { defineTexts } from '../../i18n/index.ts'

export const bestHourTexts = defineTexts({
  event: { zh: '看什么行为的时间', en: 'By the hours of' },
  span: { zh: '最近几天', en: 'Within the last' },
  spanHint: {
    zh: '次数最多的那个小时就是最佳时段；哪个小时都不够这么多次的，用下面的默认时段',
    en: 'The hour with the most of these is the best one; where no hour has so many, the default below is taken',
  },
  days: { zh: '天', en: 'days' },
  least: { zh: '那个小时至少几次', en: 'In that hour at least' },
  leastPrefix: { zh: '至少', en: 'at least' },
  times: { zh: '次', en: 'times' },
  defaultHour: { zh: '默认时段', en: 'Otherwise' },
})
