/** vectors/frames.json */
export interface FrameVectors {
  readonly frames: readonly FrameCase[];
  readonly headers: readonly { comment: string; header: string; body: string; content: Record<string, unknown> }[];
  readonly lengths: readonly (readonly [number, number])[];
}

export interface FrameCase {
  readonly comment: string;
  readonly conversationId: string;
  readonly frame: string;
  readonly counts: boolean;
  readonly fault: string | null;
  readonly t?: string;
}
