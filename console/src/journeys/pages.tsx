import '../tags/definitions.css'

export { JourneyPage } from './journey-page.tsx'
export { JourneysPage } from './journeys-page.tsx'
