import { useT } from '../../i18n/index.ts'
import { useTimeZone } from '../../shell/me.ts'
import { formatTime } from '../../ui/format.ts'
import { useJourneyNaming } from '../words/use-journey-naming.ts'
import { explainTexts } from './texts.ts'
import type { Words } from './words.ts'

export function useWords(): Words {
  const t = useT(explainTexts)
  const naming = useJourneyNaming()
  const timeZone = useTimeZone()
  return { t, naming, time: (at) => formatTime(at, timeZone, { seconds: false }) }
}
