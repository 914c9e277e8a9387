import type { Language } from '../i18n/language.ts'
import type { Text } from '../i18n/texts.ts'

export const nounTexts: Readonly<Record<string, Text>> = {
  session: { zh: '登录', en: 'session' },
  member: { zh: '成员', en: 'member' },
  workspace: { zh: '工作区设置', en: 'workspace settings' },
  api_key: { zh: '密钥', en: 'key' },
  channel_account: { zh: '渠道账号', en: 'channel account' },
  channel: { zh: '渠道账号', en: 'channel account' },
  template: { zh: '内容模板', en: 'template' },
  coupon: { zh: '优惠券', en: 'coupon' },
  person: { zh: '用户', en: 'person' },
  tag: { zh: '标签', en: 'tag' },
  segment: { zh: '人群', en: 'segment' },
  journey: { zh: '流程', en: 'journey' },
  task: { zh: '待办', en: 'task' },
  webhook_endpoint: { zh: '外部系统', en: 'endpoint' },
  playbook: { zh: '玩法', en: 'playbook' },
  test_recipient: { zh: '测试接收人', en: 'test recipient' },
  holdout: { zh: '留出组', en: 'holdout group' },
  quarantine: { zh: '隔离事件', en: 'quarantined event' },
}

export const verbTexts: Readonly<Record<string, Text>> = {
  started: { zh: '开始', en: 'started' },
  ended: { zh: '结束', en: 'ended' },
  added: { zh: '添加', en: 'added' },
  created: { zh: '新建', en: 'created' },
  updated: { zh: '修改', en: 'changed' },
  removed: { zh: '移除', en: 'removed' },
  revoked: { zh: '停用', en: 'revoked' },
  archived: { zh: '归档', en: 'archived' },
  restored: { zh: '恢复', en: 'restored' },
  role_changed: { zh: '更改角色', en: 'given another role' },
  consent: { zh: '登记授权', en: 'consent recorded' },
  merged: { zh: '合并', en: 'merged' },
  split: { zh: '拆开', en: 'split' },
  members: { zh: '调整成员', en: 'members changed' },
  members_changed: { zh: '调整成员', en: 'members changed' },
  published: { zh: '发布', en: 'published' },
  paused: { zh: '暂停', en: 'paused' },
  resumed: { zh: '恢复', en: 'resumed' },
  saved: { zh: '保存', en: 'saved' },
  take: { zh: '领取', en: 'taken' },
  put_back: { zh: '放回', en: 'put back' },
  hand: { zh: '转交', en: 'handed over' },
  comment: { zh: '备注', en: 'commented' },
  answer: { zh: '选定结果', en: 'answered' },
  inside: { zh: '安排流程里的人', en: 'those inside led on' },
  secret: { zh: '换密钥', en: 'given a new secret' },
  test: { zh: '测试推送', en: 'tested' },
  resend: { zh: '重发推送', en: 'posted to again' },
  share: { zh: '调整灰度', en: 'released to another share' },
  rehearse: { zh: '演练', en: 'rehearsed' },
  trial: { zh: '试运行', en: 'tried with chosen people' },
  trial_act: { zh: '操作试运行', en: 'test run acted on' },
  review_request: { zh: '送审', en: 'handed in for review' },
  alarm_limits: { zh: '修改告警线', en: 'changed what alarms are held against' },
  alarm_outlet: { zh: '修改告警通知', en: 'changed who is told of alarms' },
  contest_decide: { zh: '人工选定分流', en: 'split decided by hand' },
  contest_reopen: { zh: '重新试分流', en: 'split opened again' },
  deleted: { zh: '删除', en: 'deleted' },
  runs_retry: { zh: '让走不动的用户重试', en: 'let stuck customers try again' },
  failures_retry: { zh: '让出错的用户重试', en: 'let customers in trouble try again' },
  failures_leave: { zh: '放弃出错的用户', en: 'gave up customers in trouble' },
  runs_leave: { zh: '让用户离开流程', en: 'let customers leave' },
  review_approved: { zh: '审核通过', en: 'approved' },
  review_rejected: { zh: '退回', en: 'sent back' },
  review_withdraw: { zh: '撤回送审', en: 'taken back from review' },
  draft: { zh: '保存草稿', en: 'draft saved' },
  draft_saved: { zh: '保存草稿', en: 'draft saved' },
  installed: { zh: '安装', en: 'installed' },
  replayed: { zh: '重放', en: 'replayed' },
  discarded: { zh: '丢弃', en: 'discarded' },
}

/** Domains write some verbs in the present. */
const pasts: Readonly<Record<string, string>> = {
  create: 'created',
  delete: 'deleted',
  update: 'updated',
  archive: 'archived',
  restore: 'restored',
  publish: 'published',
  pause: 'paused',
  resume: 'resumed',
  remove: 'removed',
  add: 'added',
  install: 'installed',
  merge: 'merged',
  replay: 'replayed',
  discard: 'discarded',
  save: 'saved',
  revoke: 'revoked',
}

/** `coupon.created` as 新建优惠券; an action without words yet stays as it is written. */
export function actionText(action: string, language: Language): string {
  if (action === 'session.started') return language === 'zh' ? '登录' : 'Logged in'
  const [noun = '', verb = ''] = action.split('.')
  const what = nounTexts[noun]
  const done = verbTexts[pasts[verb] ?? verb]
  if (!what || !done) return action
  if (language === 'zh') return `${done.zh}${done.zh.length > 2 ? '：' : ''}${what.zh}`
  return `${what.en.charAt(0).toUpperCase()}${what.en.slice(1)} ${done.en}`
}
