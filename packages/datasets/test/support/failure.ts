import { DataError } from '@flambeau/datasets';

/** The DataError with which `work` must fail. */
export async function failure(work: Promise<unknown>): Promise<DataError> {
  const error = await work.then(
    () => new Error('expected a DataError'),
    (error: unknown) => error,
  );
  if (error instanceof DataError) return error;
  throw error;
}
