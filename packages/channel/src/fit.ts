import type { Limits } from './channel.ts';
import type { Fields } from './format/fields.ts';
export interface FitOptions { readonly id?: string | undefined }
export function fit(sealed: string, limits: Limits, options?: FitOptions): Fields[] { void options; void limits; return [[sealed]]; }
