import { defineTexts } from '../i18n/texts.ts'

export const texts = defineTexts({
  title: { zh: '数据接入 · 隔离区', en: 'Intake · quarantine' },
  subtitle: {
    zh: '格式有误的事件在这里隔离，改好后可重放；同一批里正确的事件已正常入库',
    en: 'Malformed events wait here to be mended and replayed; the good ones of the same batch were taken',
  },
  open: { zh: '待处理', en: 'Open' },
  replayed: { zh: '已重放', en: 'Replayed' },
  discarded: { zh: '已丢弃', en: 'Discarded' },
  status: { zh: '状态', en: 'State' },
  receivedAt: { zh: '收到时间', en: 'Received' },
  source: { zh: '来源', en: 'Source' },
  reason: { zh: '原因', en: 'Reason' },
  reasonAny: { zh: '全部原因 · {count}', en: 'Any reason · {count}' },
  toKeys: { zh: '查看写入密钥', en: 'Open the write keys' },
  problem: { zh: '问题', en: 'Problem' },
  moreProblems: { zh: '另有 {count} 处', en: 'and {count} more' },
  raw: { zh: '原文', en: 'Raw text' },
  emptyTitle: { zh: '没有待处理的数据', en: 'Nothing waits' },
  emptyText: {
    zh: '收到的事件格式都对。有误的事件会连同原因和原文出现在这里，不会丢。',
    en: 'Every event received was well formed. A malformed one appears here with its reason and raw text; none is lost.',
  },
  noneReplayed: { zh: '还没有重放过', en: 'Nothing replayed yet' },
  noneDiscarded: { zh: '还没有丢弃过', en: 'Nothing discarded yet' },
  drawerTitle: { zh: '隔离的事件', en: 'Quarantined event' },
  edit: { zh: '改好后重放；原文会一并保留', en: 'Mend it, then replay it' },
  replay: { zh: '重放', en: 'Replay' },
  replayedDone: { zh: '已重放，事件已入库', en: 'Replayed; the event was taken' },
  notJson: { zh: '还不是合法的 JSON', en: 'Not valid JSON yet' },
  discard: { zh: '丢弃', en: 'Discard' },
  discardTitle: { zh: '丢弃这条事件？', en: 'Discard this event?' },
  discardText: {
    zh: '它不会计入任何用户和统计。原文仍可在「已丢弃」里查看。',
    en: 'It will count for nobody. Its raw text stays under "Discarded".',
  },
  discardedDone: { zh: '已丢弃', en: 'Discarded' },
  stillBad: { zh: '仍有问题，请按提示修改', en: 'It still has problems; mend them as marked' },
  wholeEvent: { zh: '整条事件', en: 'The event' },
})

/** Why an event was set aside. */
export const reasonTexts = defineTexts({
  invalid_json: { zh: '不是合法的 JSON', en: 'Not valid JSON' },
  invalid_batch: { zh: '不是合法的批量请求', en: 'Not a valid batch' },
  invalid_message: { zh: '字段不合规范', en: 'A field is not valid' },
  invalid_value: { zh: '含有无法保存的字符或嵌套过深', en: 'Text that cannot be stored, or nested too deeply' },
  event_too_large: { zh: '单条事件过大', en: 'The event is too large' },
  invalid_timestamp: { zh: '时间格式不对', en: 'The time cannot be read' },
  future_time: { zh: '时间在未来', en: 'The time lies in the future' },
  implausible_time: { zh: '时间过早', en: 'The time lies too far back' },
  not_storable: { zh: '无法入库', en: 'It could not be stored' },
})
