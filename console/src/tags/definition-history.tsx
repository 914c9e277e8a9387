import type { DefinitionVersionView } from '@chaoxi/contract'
import { useEndpoint, useMutate } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { useNaming } from '../rules/use-naming.ts'
import { useCan } from '../shell/me.ts'
import { useWho } from '../shell/who.ts'
import { ConfirmAction, Loaded, Time } from '../ui/index.ts'
import type { DefinitionDetail, DefinitionKind } from './definition-parts.tsx'
import { governanceTexts } from './governance-texts.ts'
import { useModelWords } from './model-words.ts'
import { definitionLines, diffLines } from './rule-lines.ts'
import { layerKeys, tagTexts } from './texts.ts'

/** What it has been, what each change changed, and the way back. */
export function DefinitionHistory({ kind, definition }: { kind: DefinitionKind; definition: DefinitionDetail }) {
  const { key, revision } = definition
  const query = useEndpoint('definitionVersions', { params: { kind, key } })
  return (
    <Loaded query={query}>
      {({ items }) => (
        <ol className="versions">
          {items.map((version, i) => (
            <Version
              key={version.revision}
              version={version}
              before={items[i + 1] ?? null}
              kind={kind}
              definition={definition}
              isCurrent={version.revision === revision}
            />
          ))}
        </ol>
      )}
    </Loaded>
  )
}

interface VersionProps {
  version: DefinitionVersionView
  before: DefinitionVersionView | null
  kind: DefinitionKind
  definition: DefinitionDetail
  isCurrent: boolean
}

function Version({ version, before, kind, definition, isCurrent }: VersionProps) {
  const t = useT(governanceTexts)
  const who = useWho()
  const canWrite = useCan('rules.write') && definition.status === 'active'
  const revert = useMutate('definitionRevert', {
    refresh: ['definitionVersions', 'tag', 'tags', 'segment', 'segments', 'people', 'governance'],
  })
  const { revision, change } = version
  return (
    <li className="panel">
      <h2>
        <span>
          {t('revision', { revision })} · {t(change)}
          {isCurrent && <span className="muted"> · {t('current')}</span>}
        </span>
        <small>
          {who(version.by)} · <Time at={version.at} />
          {canWrite && !isCurrent && (
            <ConfirmAction
              size="small"
              type="link"
              title={t('revertTitle', { revision })}
              text={t('revertText')}
              doIt={t('revert')}
              done={t('revertDone')}
              run={() =>
                revert.mutateAsync({ params: { kind, key: definition.key }, body: { to: revision, revision: definition.revision } })
              }
            >
              {t('revert')}
            </ConfirmAction>
          )}
        </small>
      </h2>
      <Difference version={version} before={before} />
    </li>
  )
}

function Difference({ version, before }: { version: DefinitionVersionView; before: DefinitionVersionView | null }) {
  const t = useT(governanceTexts)
  const tag = useT(tagTexts)
  const naming = useNaming()
  const modelWords = useModelWords()
  const model = (one: DefinitionVersionView | null) =>
    one === null || one.values.length === 0 ? '' : (modelWords(one.model) ?? t('noModel'))
  const atOnce = (one: DefinitionVersionView | null) =>
    one === null || one.values.length === 0 ? '' : t(one.several ? 'severalAtOnce' : 'oneAtATime')
  const layer = (value: DefinitionVersionView['layer']) => (value === null ? '' : tag(layerKeys[value]))
  const fields = [
    { label: t('fieldName'), now: version.name, was: before?.name ?? '' },
    { label: t('fieldDescription'), now: version.description, was: before?.description ?? '' },
    { label: t('fieldLayer'), now: layer(version.layer), was: layer(before?.layer ?? null) },
    { label: t('fieldScene'), now: version.scene, was: before?.scene ?? '' },
    { label: t('fieldModel'), now: model(version), was: model(before) },
    { label: t('fieldValues'), now: atOnce(version), was: atOnce(before) },
  ].filter(({ now, was }) => now !== was)
  const words = { all: t('all'), any: t('any'), not: t('not') }
  const lines = diffLines(before === null ? [] : definitionLines(before, naming, words), definitionLines(version, naming, words))
  const ruleChanged = lines.some(({ state }) => state !== 'same')
  if (fields.length === 0 && !ruleChanged) return <p className="muted">{t('noDifference')}</p>
  return (
    <>
      {before === null && <p className="muted">{t('first')}</p>}
      {fields.map(({ label, now, was }) => (
        <p key={label} className="diff-field">
          <span className="muted">{label}</span> {before !== null && <del>{was || t('nothing')}</del>} <ins>{now || t('nothing')}</ins>
        </p>
      ))}
      {ruleChanged && (
        <div className="diff-field">
          <span className="muted">{t('fieldRule')}</span>
          <ul className="diff">
            {lines.map(({ state, depth, text }, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name, and do not move
              <li key={i} className={`diff-${state}`} style={{ paddingLeft: 22 + depth * 18 }}>
                {state === 'removed' ? <del>{text}</del> : state === 'added' ? <ins>{text}</ins> : text}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  )
}
