import type { PlaybookSummary } from '@chaoxi/contract'
import { useNavigate } from '@tanstack/react-router'
import { App, Button } from 'antd'
import { useMutate } from '../api/hooks.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { useRun } from '../ui/index.ts'
import { commonBeginning, wordsOf } from './playbook-words.ts'
import { playbookTexts } from './texts.ts'

/** Installs, says what was added and what was kept, and leads to the draft. */
export function InstallButton({ playbook }: { playbook: PlaybookSummary }) {
  const t = useT(playbookTexts)
  const language = useLanguage()
  const navigate = useNavigate()
  const run = useRun()
  const { notification } = App.useApp()
  const install = useMutate('playbookInstall', { refresh: ['playbooks', 'journeys', 'templates', 'tags', 'segments', 'coupons'] })
  const go = async () => {
    const { journeyIds, parts } = await install.mutateAsync({ params: { key: playbook.key } })
    const [only, ...others] = journeyIds
    if (only === undefined) await navigate({ to: '/tags' })
    else if (others.length === 0) await navigate({ to: '/journeys/$id', params: { id: only }, search: { tab: 'design' } })
    else
      await navigate({
        to: '/journeys',
        search: { q: commonBeginning(parts.flatMap(({ part, name }) => (part === 'journeys' ? [name] : []))) },
      })
    const kept = parts.filter(({ added }) => !added)
    const added = parts.length - kept.length
    notification.success({
      title: t('doneTitle', { name: wordsOf(playbook, language).name }),
      description: (
        <>
          <p>{t(playbook.parts.journeys > 0 ? 'doneAdded' : 'doneTags', { added })}</p>
          {kept.length > 0 && <p>{t('doneKept', { kept: kept.length, names: kept.map(({ name }) => name).join(t('listSeparator')) })}</p>}
        </>
      ),
      duration: 8,
    })
  }
  return (
    <Button type={playbook.installed ? 'default' : 'primary'} loading={install.isPending} onClick={() => void run(go)}>
      {t(playbook.installed ? 'reinstall' : 'install')}
    </Button>
  )
}
