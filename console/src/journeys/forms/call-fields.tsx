import { type JourneyDefinition, type JourneyNode, type Known, knownAt, passedOnMax } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { Select } from 'antd'
import { useEndpoint } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import type { NodePatch } from '../canvas/node-edits.ts'
import { callTexts } from '../words/call-texts.ts'
import { Field } from './fields.tsx'
import { NamedRows } from './named-rows.tsx'
import { ValueFields } from './value-fields.tsx'

// Forms of steps that start or stop another journey.

type FieldsProps<Kind extends JourneyNode['kind']> = { node: Extract<JourneyNode, { kind: Kind }>; patch: (change: NodePatch) => void }

const useJourneys = () => useEndpoint('journeys').data?.items.filter(({ status }) => status !== 'archived') ?? []

export function StartJourneyFields({ node, definition, patch }: FieldsProps<'start_journey'> & { definition: JourneyDefinition }) {
  const t = useT(callTexts)
  const journeys = useJourneys().filter(({ trigger }) => trigger === 'call')
  const chosen = journeys.find(({ key }) => key === node.journey)
  return (
    <>
      <Field label={t('journey')} hint={t('startHint')}>
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          value={node.journey === '' ? null : node.journey}
          placeholder={t('journeyMissing')}
          aria-label={t('journey')}
          status={node.journey === '' ? 'error' : ''}
          style={{ width: '100%' }}
          notFoundContent={t('journeyNone')}
          options={journeys.map(({ key, name, status }) => ({
            value: key,
            label: status === 'draft' || status === 'paused' ? t(`journey_${status}`, { name }) : name,
          }))}
          onChange={(journey) => patch({ journey })}
        />
        {chosen !== undefined && (
          <div className="side-hint">
            <Link to="/journeys/$id" params={{ id: chosen.id }}>
              {t('journeyOpen')}
            </Link>
          </div>
        )}
      </Field>
      <PassedOn node={node} known={knownAt(definition, node.id)} patch={patch} />
    </>
  )
}

function PassedOn({ node: { properties }, known, patch }: FieldsProps<'start_journey'> & { known: readonly Known[] }) {
  const t = useT(callTexts)
  return (
    <Field label={t('passedOn')} hint={t('passedOnHint')}>
      <NamedRows<(typeof properties)[number]>
        rows={properties}
        max={passedOnMax}
        nameMax={200}
        words={{ name: t('passedOnName'), remove: t('passedOnRemove'), add: t('passedOnAdd') }}
        blank={{ name: '', value: { kind: 'trigger', property: '' } }}
        isName={(name) => name !== ''}
        onChange={(rows) => patch({ properties: rows })}
      >
        {(property, change) => (
          <ValueFields
            value={property.value}
            label={t('passedOnValue')}
            known={known}
            onChange={(value) => value.kind !== 'attribute' && change({ ...property, value })}
          />
        )}
      </NamedRows>
    </Field>
  )
}

const own = ' own'

export function StopJourneyFields({ node, patch }: FieldsProps<'stop_journey'>) {
  const t = useT(callTexts)
  const journeys = useJourneys()
  return (
    <Field label={t('journey')} hint={t('stopHint')}>
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        value={node.journey === '' ? null : (node.journey ?? own)}
        placeholder={t('journeyMissing')}
        aria-label={t('journey')}
        status={node.journey === '' ? 'error' : ''}
        style={{ width: '100%' }}
        options={[{ value: own, label: t('stopOwn') }, ...journeys.map(({ key, name }) => ({ value: key, label: name }))]}
        onChange={(journey) => patch({ journey: journey === own ? null : journey })}
      />
    </Field>
  )
}
