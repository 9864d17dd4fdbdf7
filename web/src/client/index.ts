export * from './client';
export * from './follow';
export { newKey } from './key';
export { ApiError } from './problem';
export * from './react';
export type * from './schema';
