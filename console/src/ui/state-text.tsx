import { useT } from '../i18n/index.ts'
import { type StateName, stateTexts } from './texts.ts'

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'calm'

const toneOf: Record<StateName, Tone> = {
  queued: 'busy',
  held: 'warn',
  sending: 'busy',
  sent: 'good',
  delivered: 'good',
  failed: 'bad',
  dropped: 'calm',
  unknown: 'warn',
  draft: 'calm',
  live: 'good',
  paused: 'warn',
  active: 'good',
  archived: 'calm',
  waiting: 'busy',
  running: 'busy',
  finished: 'good',
  exited: 'calm',
  open: 'warn',
  replayed: 'good',
  discarded: 'calm',
  created: 'warn',
  paid: 'good',
  cancelled: 'calm',
  refunded: 'bad',
  claimed: 'busy',
  locked: 'warn',
  used: 'good',
  expired: 'calm',
  returned: 'calm',
  granted: 'good',
  denied: 'bad',
  revoked: 'calm',
  send: 'good',
  hold: 'warn',
  drop: 'bad',
}

/** A state as a word with a dot in its colour: the word carries the meaning, the colour finds it. */
export function StateText({ state, label }: { state: StateName; label?: string }) {
  const t = useT(stateTexts)
  return <ToneText tone={toneOf[state]}>{label ?? t(state)}</ToneText>
}

export function ToneText({ tone, children }: { tone: Tone; children: React.ReactNode }) {
  return <span className={`state state-${tone}`}>{children}</span>
}
