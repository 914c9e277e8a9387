/** Limits of the intake, by Segment's HTTP API (segment.com/docs/connections/sources/catalog/libraries/server/http-api). */
export const eventBytesMax = 32 * 1024
export const batchBytesMax = 500 * 1024
export const batchEventsMax = 2_500
/** Nesting deeper than this is refused: no shop sends it, and it makes every consumer recurse. */
export const jsonDepthMax = 20
