/** What a person does when the authorization or the secret runs out. Seller Central, "Manage Your Apps" and "Develop Apps". */
export const renewal = {
  authorization:
    'In Seller Central open Apps and Services, Develop Apps, the arrow beside your app, Authorize, and choose "Authorize app"; put the new token into credentials.refreshToken, or enter it with "kontor connect", and the day into config.authorizedOn. Reading then goes on where it stopped; nothing is lost.',
  secret:
    'In Seller Central open Apps and Services, Develop Apps, View beside LWA credentials, and "Rotate secret"; put the new one into credentials.clientSecret, or enter it with "kontor connect", and the day into config.secretCreatedOn. The old one works for seven days more, the refresh token stays.',
} as const
