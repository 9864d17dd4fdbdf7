export * from './client';
export * from './follow';
export * from './problem';
export * from './react';
export type * from './schema';
export * from './upload';
