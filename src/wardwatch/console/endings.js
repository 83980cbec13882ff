/** Why a login can be over. */

import { LinkError } from "./requests.js";

// Close codes after which trying again with the same token is of no use (docs/feed.md).
export const LOGIN_IS_OVER = new Map([
  [4001, new LinkError("bad_token", "This token is not valid. Paste it again, or ask for a new one.")],
  [4002, new LinkError("expired", "Your login has ended, because its time was over.")],
  [4003, new LinkError("revoked", "Your login has been withdrawn.")],
]);
