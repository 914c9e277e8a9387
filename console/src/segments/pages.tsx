export function SegmentsPage() {
  return null
}

export function SegmentPage() {
  return null
}
