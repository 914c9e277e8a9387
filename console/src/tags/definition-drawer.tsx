import type { Rule, SegmentView, TagMode, TagValue, ValueModel } from '@chaoxi/contract'
import { Button, Drawer, Form, Input, Segmented, Space } from 'antd'
import { type ReactNode, useState } from 'react'
import { useT } from '../i18n/index.ts'
import { RuleBuilder } from '../rules/rule-builder.tsx'
import { everyone } from '../rules/rule-editing.ts'
import { hasErrors, ruleProblems } from '../rules/rule-problems.ts'
import { useKeys, useRun } from '../ui/index.ts'
import { definitionTexts } from './definition-texts.ts'
import { draftOfModel, isSeveral, type ModelDraft, readModel } from './model-draft.ts'
import { complete, type DraftValue, draftOf, valuesOf } from './value-list.ts'
import { ValuesEditor } from './values-editor.tsx'

/** What tags and segments both ask for. */
export interface DefinitionDraft {
  key: string
  name: string
  description: string
  mode: TagMode
  rule: Rule
  values: readonly TagValue[]
  /** A person has every value whose rule holds. */
  several: boolean
  /** What wrote the values; null: somebody's hand. */
  model: ValueModel | null
}

export interface DefinitionDrawerProps {
  title: string
  /** The definition being changed; null for a new one. */
  existing:
    | (Pick<SegmentView, 'key' | 'name' | 'description' | 'mode' | 'rule' | 'values'> & { several?: boolean; model?: ValueModel | null })
    | null
  /** Ways to be kept, to choose from for a new one. */
  modes: readonly TagMode[]
  /** Fields of one kind only (a tag's layer and scene). */
  children?: ReactNode
  onSave: (draft: DefinitionDraft) => Promise<unknown>
  onClose: () => void
}

const keyPattern = /^[a-z0-9][a-z0-9_-]{0,63}$/

/** Creates or changes a tag or segment: facts on top, the rule with its live size beneath. */
export function DefinitionDrawer({ title, existing, modes, children, onSave, onClose }: DefinitionDrawerProps) {
  const t = useT(definitionTexts)
  const run = useRun()
  const [draft, setDraft] = useState<
    Omit<DefinitionDraft, 'values' | 'model'> & { values: readonly DraftValue[]; model: ModelDraft | null }
  >({
    key: existing?.key ?? '',
    name: existing?.name ?? '',
    description: existing?.description ?? '',
    mode: existing?.mode ?? 'dynamic',
    rule: existing?.rule ?? everyone,
    values: draftOf(existing?.values ?? []),
    several: existing?.several ?? false,
    model: draftOfModel(existing?.model ?? null),
  })
  const [tried, setTried] = useState(false)
  const [saving, setSaving] = useState(false)
  const [readable, setReadable] = useState(true)
  const change = (patch: Partial<typeof draft>) => setDraft((old) => ({ ...old, ...patch }))
  const nameWrong = draft.name.trim() === ''
  const keyWrong = draft.key !== '' && !keyPattern.test(draft.key)
  const written = draft.model && readModel(draft.model).model
  const ruleWrong =
    (draft.mode === 'dynamic' && (!readable || hasErrors(ruleProblems(draft.rule)))) ||
    (draft.mode === 'valued' && (!readable || !complete(draft.values) || (draft.model !== null && written === null)))
  const save = async () => {
    setTried(true)
    if (nameWrong || keyWrong || ruleWrong || saving) return
    setSaving(true)
    const saved = await run(
      () =>
        onSave({
          ...draft,
          ...(draft.mode === 'valued' ? { values: valuesOf(draft.values), model: written } : { values: [], several: false, model: null }),
        }),
      t(existing === null ? 'created' : 'saved'),
    )
    setSaving(false)
    if (saved) onClose()
  }
  useKeys({ 'ctrl+s': () => void save() })
  return (
    <Drawer
      open
      title={title}
      size="min(1180px, 94vw)"
      onClose={onClose}
      maskClosable={false}
      footer={
        <div className="drawer-foot">
          <span className="muted">{existing !== null && draft.mode !== 'static' ? t('saveHint') : ''}</span>
          <Space>
            {tried && ruleWrong && <span className="rule-problem">{t('ruleIncomplete')}</span>}
            <Button onClick={onClose}>{t('cancel')}</Button>
            <Button type="primary" loading={saving} onClick={() => void save()}>
              {t(existing === null ? 'create' : 'save')}
            </Button>
          </Space>
        </div>
      }
    >
      <Form layout="vertical" component={false} requiredMark={false}>
        <div className="definition-fields">
          <Form.Item
            label={t('name')}
            htmlFor="definition-name"
            {...(tried && nameWrong ? { validateStatus: 'error' as const, help: t('nameRequired') } : {})}
          >
            <Input
              id="definition-name"
              autoFocus={existing === null}
              value={draft.name}
              maxLength={100}
              placeholder={t('namePlaceholder')}
              onChange={(event) => change({ name: event.target.value })}
            />
          </Form.Item>
          {existing === null && (
            <Form.Item
              label={t('key')}
              htmlFor="definition-key"
              {...(keyWrong ? { validateStatus: 'error' as const, help: t('keyInvalid') } : {})}
            >
              <Input
                id="definition-key"
                value={draft.key}
                maxLength={64}
                placeholder={t('keyHint')}
                title={t('keyHint')}
                onChange={(event) => change({ key: event.target.value.trim() })}
              />
            </Form.Item>
          )}
          {children}
          <Form.Item label={t('description')} htmlFor="definition-description">
            <Input
              id="definition-description"
              value={draft.description}
              maxLength={1000}
              placeholder={t('descriptionPlaceholder')}
              onChange={(event) => change({ description: event.target.value })}
            />
          </Form.Item>
          {existing === null && (
            <Form.Item label={t('mode')} help={t(`${draft.mode}Hint`)}>
              <Segmented<TagMode>
                value={draft.mode}
                options={modes.map((mode) => ({ value: mode, label: t(mode) }))}
                onChange={(mode) => change({ mode })}
              />
            </Form.Item>
          )}
        </div>
        {draft.mode === 'dynamic' && (
          <>
            <h3 className="section-title">{t('rule')}</h3>
            <RuleBuilder
              value={draft.rule}
              onChange={(rule) => change({ rule })}
              onValid={setReadable}
              {...(existing?.rule ? { saved: existing.rule } : {})}
            />
          </>
        )}
        {draft.mode === 'valued' && (
          <ValuesEditor
            values={draft.values}
            several={draft.several}
            model={draft.model}
            tried={tried}
            onSeveral={(several) => change({ several })}
            onChange={(values, model) => change({ values, model, ...(model === null ? {} : { several: isSeveral(model) }) })}
            onValid={setReadable}
          />
        )}
      </Form>
    </Drawer>
  )
}
