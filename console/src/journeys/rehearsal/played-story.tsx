import type { JourneyDefinition } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { Drawer } from 'antd'
import { useT } from '../../i18n/index.ts'
import { reasonText } from '../../messages/reasons.ts'
import { type JourneyNaming, nodeTitle } from '../words/node-words.ts'
import { stepSentence } from '../words/step-words.ts'
import type { PlayedStoryOf } from './rehearsal-view.tsx'
import { StoryLines } from './story-lines.tsx'
import { rehearsalTexts } from './texts.ts'

interface Props {
  story: PlayedStoryOf
  name: string
  definition: JourneyDefinition
  naming: JourneyNaming
  journeyId: string
  onClose: () => void
}

/** One person's way through the rehearsal: each step with its time, and what would have become of each message. */
export function PlayedStory({ story, name, definition, naming, journeyId, onClose }: Props) {
  const t = useT(rehearsalTexts)
  const title = (id: string) => {
    const node = definition.nodes.find((one) => one.id === id)
    return node === undefined ? id : nodeTitle(node, naming)
  }
  const lines = [
    ...story.steps.map((step, i) => ({ at: step.at, key: `s${i}`, colour: 'blue', text: stepSentence(step, definition, naming) })),
    ...story.messages.map(({ at, nodeId, outcome, reason }, i) => ({
      at,
      key: `m${i}`,
      colour: outcome === 'sent' ? 'green' : 'red',
      text:
        outcome === 'sent'
          ? t('wouldSend', { node: title(nodeId) })
          : t('wouldStop', { node: title(nodeId), reason: reasonText(reason, naming.language) }),
    })),
  ]
  return (
    <Drawer open size={520} title={t('storyTitle', { name })} onClose={onClose}>
      <div className="row" style={{ marginBottom: 16 }}>
        <Link to="/people/$id" params={{ id: String(story.personId) }} search={{ journey: journeyId }}>
          {name}
        </Link>
      </div>
      <StoryLines lines={lines} />
    </Drawer>
  )
}
