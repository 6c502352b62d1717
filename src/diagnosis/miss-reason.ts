/**
 * Why a request has no recording to play:
 * - `no-tape`: there is no cassette file
 * - `not-recorded`: the tape holds nothing for that method, origin and path
 * - `different`: it holds requests of that method, origin and path, but none that is equal
 * - `used-up`: every recording of that request was played already
 * - `out-of-order`: there is one, but it is not its turn (`order: 'recorded'`)
 */
export type MissReason = "no-tape" | "not-recorded" | "different" | "used-up" | "out-of-order";
