export const inboxLoopName = 'journey_inbox'
export const dueLoopName = 'journey_due'
export const deedLoopName = 'journey_deeds'
export const watchLoopName = 'journey_watch'
