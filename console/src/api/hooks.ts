import type { CallInput, EndpointName, Output } from '@chaoxi/contract'
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ApiError, call } from './client.ts'

export interface EndpointOptions {
  /** Asks again every so many milliseconds while the page is looked at. */
  refreshMs?: number | undefined
  enabled?: boolean | undefined
}

/** What an endpoint answers, kept by name and input. The last answer stays on the screen while a new one is on its way. */
export function useEndpoint<N extends EndpointName>(name: N, input: CallInput<N> = {}, options: EndpointOptions = {}) {
  return useQuery<Output<N>, ApiError>({
    queryKey: [name, input],
    queryFn: ({ signal }) => call(name, input, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: options.refreshMs ?? false,
    enabled: options.enabled ?? true,
  })
}

/** Endpoints that answer a page by key. */
export type PagedName = { [N in EndpointName]: Output<N> extends { items: unknown[]; nextCursor: string | null } ? N : never }[EndpointName]
/** Endpoints that answer all their rows at once. */
export type ListedName = Exclude<{ [N in EndpointName]: Output<N> extends { items: unknown[] } ? N : never }[EndpointName], PagedName>
export type RowOf<N extends PagedName | ListedName> = Output<N>['items'][number]

/** What a table shows, wherever the rows come from. */
export interface ListState<Row> {
  rows: readonly Row[]
  isPending: boolean
  isRefreshing: boolean
  error: ApiError | null
  hasMore: boolean
  loadMore: () => void
  isLoadingMore: boolean
  refetch: () => void
}

/** Rows of a paged endpoint, gathered page after page by key. */
export function usePages<N extends PagedName>(name: N, input?: CallInput<N>, options?: EndpointOptions): ListState<RowOf<N>>
export function usePages(name: PagedName, input: CallInput<PagedName> = {}, options: EndpointOptions = {}): ListState<RowOf<PagedName>> {
  const query = useInfiniteQuery<Output<PagedName>, ApiError, { pages: Output<PagedName>[] }, unknown[], string | null>({
    queryKey: [name, input, 'pages'],
    queryFn: ({ signal, pageParam }) =>
      call(name, pageParam === null ? input : { ...input, query: { ...input.query, cursor: pageParam } }, { signal }),
    initialPageParam: null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: options.refreshMs ?? false,
    enabled: options.enabled ?? true,
  })
  return {
    rows: (query.data?.pages ?? []).flatMap((page): RowOf<PagedName>[] => page.items),
    error: query.error,
    isPending: query.isPending,
    isRefreshing: query.isFetching && !query.isPending,
    hasMore: query.hasNextPage,
    loadMore: () => void query.fetchNextPage(),
    isLoadingMore: query.isFetchingNextPage,
    refetch: () => void query.refetch(),
  }
}

/** Rows of an endpoint that answers them all. */
export function useList<N extends ListedName>(name: N, input?: CallInput<N>, options?: EndpointOptions): ListState<RowOf<N>>
export function useList(name: ListedName, input: CallInput<ListedName> = {}, options: EndpointOptions = {}): ListState<RowOf<ListedName>> {
  const { data, error, isPending, isFetching, refetch } = useEndpoint(name, input, options)
  return {
    rows: data?.items ?? [],
    error,
    isPending,
    isRefreshing: isFetching && !isPending,
    hasMore: false,
    loadMore: () => {},
    isLoadingMore: false,
    refetch: () => void refetch(),
  }
}

/**
 * A change: `const save = useMutate('tagUpdate', { refresh: ['tags', 'tag'] })`, then `save.mutate(input)` or
 * `await save.mutateAsync(input)`. The endpoints named in `refresh` are asked again after it.
 */
export function useMutate<N extends EndpointName>(name: N, options: { refresh?: readonly EndpointName[] } = {}) {
  const client = useQueryClient()
  return useMutation<Output<N>, ApiError, CallInput<N>>({
    mutationFn: (input) => call(name, input),
    onSuccess: async () => {
      await Promise.all((options.refresh ?? []).map((refreshed) => client.invalidateQueries({ queryKey: [refreshed] })))
    },
  })
}
