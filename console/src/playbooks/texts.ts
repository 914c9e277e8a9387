import { defineTexts } from '../i18n/index.ts'

export const playbookTexts = defineTexts({
  title: { zh: '玩法库', en: 'Playbooks' },
  subtitle: {
    zh: '现成的运营打法：流程、内容和标签一次装好，再按自己的店改',
    en: 'Ready flows with their content and tags, installed in one go and yours to change',
  },
  search: { zh: '搜索玩法', en: 'Search playbooks' },
  installed: { zh: '已安装', en: 'Installed' },
  partJourneys: { zh: '流程 {journeys}', en: 'Journeys {journeys}' },
  partTemplates: { zh: '模板 {templates}', en: 'Templates {templates}' },
  partTags: { zh: '标签 {tags}', en: 'Tags {tags}' },
  install: { zh: '安装', en: 'Install' },
  reinstall: { zh: '补装缺少的部分', en: 'Install what is missing' },
  open: { zh: '查看流程', en: 'Open journeys' },
  openTags: { zh: '查看标签', en: 'Open tags' },
  confirm: { zh: '安装「{name}」？', en: 'Install “{name}”?' },
  confirmText: {
    zh: '会添加 {journeys} 个流程、{templates} 个内容模板、{tags} 个标签。流程是草稿，不会自动发布，也不会发任何消息；已有的同名内容保持不变。',
    en: 'Adds journeys ({journeys}), templates ({templates}) and tags ({tags}). Journeys arrive as drafts: nothing is published or sent. What you have already stays as it is.',
  },
  confirmTags: {
    zh: '会添加 {tags} 个标签，并按历史数据算好。不会发任何消息；已有的同名标签保持不变。',
    en: 'Adds tags ({tags}) and computes them from what is there. Nothing is sent. What you have already stays as it is.',
  },
  doneTags: { zh: '已安装，人数很快就会算好', en: 'Installed; sizes follow in a moment' },
  done: { zh: '已安装，流程是草稿，检查后再发布', en: 'Installed as drafts; check and publish' },
  emptyTitle: { zh: '没有可用的玩法', en: 'No playbooks' },
  emptyText: {
    zh: '把玩法文件放进 playbooks 文件夹，重启后出现在这里。',
    en: 'Put playbook files into the playbooks folder; they appear after a restart.',
  },
  noMatch: { zh: '没有符合的玩法', en: 'Nothing matches' },
})
