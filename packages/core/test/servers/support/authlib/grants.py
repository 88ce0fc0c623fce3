"""Authlib's grants and endpoints; here they learn where an application keeps what they need."""

import time

from authlib.jose import JsonWebKey
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion, JWTBearerGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oauth2.rfc8628 import DeviceAuthorizationEndpoint, DeviceCodeGrant, DeviceCredentialDict
from authlib.oidc.core.grants import OpenIDCode, OpenIDHybridGrant
from storage import USER, Code, approvals, assertions, clients, codes, devices, find_token, issuer, polled

METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none']
key = JsonWebKey.generate_key('RSA', 2048, is_private=True, options={'kid': 'authlib'})


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def save_authorization_code(self, code, req):
        codes[code] = Code(
            req.data, code=code, client_id=req.client.get_client_id(), redirect_uri=req.redirect_uri, scope=req.scope,
            nonce=req.data.get('nonce'), auth_time=int(time.time()),
        )

    def query_authorization_code(self, code, client):
        saved = codes.get(code)
        return saved if saved and saved['client_id'] == client.get_client_id() else None

    def delete_authorization_code(self, authorization_code):
        del codes[authorization_code['code']]

    def authenticate_user(self, authorization_code):
        return USER


class Challenge(CodeChallenge):
    SUPPORTED_CODE_CHALLENGE_METHOD = ['S256']

    def get_authorization_code_challenge(self, authorization_code):
        return authorization_code.get('code_challenge')

    def get_authorization_code_challenge_method(self, authorization_code):
        return authorization_code.get('code_challenge_method')


class IdentityToken:
    def exists_nonce(self, nonce, req):
        return any(code['nonce'] == nonce for code in codes.values())

    def get_jwt_config(self, grant=None):
        return {'key': key, 'alg': 'RS256', 'iss': issuer, 'exp': 3600}

    def generate_user_info(self, user, scope):
        return user


class IdentityCode(IdentityToken, OpenIDCode):
    pass


class Hybrid(IdentityToken, OpenIDHybridGrant):
    save_authorization_code = CodeGrant.save_authorization_code


class Refresh(grants.RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token):
        token = find_token(refresh_token, 'refresh_token')
        return token if token and not token['revoked'] else None

    def authenticate_user(self, credential):
        return USER

    def revoke_old_credential(self, credential):
        credential['revoked'] = True


class Machine(grants.ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS


class DeviceEndpoint(DeviceAuthorizationEndpoint):
    CLIENT_AUTH_METHODS = METHODS
    INTERVAL = 1

    def get_verification_uri(self):
        return issuer + '/device'

    def save_device_credential(self, client_id, scope, data):
        entry = DeviceCredentialDict(data, client_id=client_id, scope=scope, expires_at=time.time() + data['expires_in'])
        devices[data['device_code']] = entry


class Device(DeviceCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def query_device_credential(self, device_code):
        return devices.get(device_code)

    def query_user_grant(self, user_code):
        return (USER, approvals[user_code]) if user_code in approvals else None

    def should_slow_down(self, credential):
        now, last = time.time(), polled.get(credential['device_code'], 0)
        polled[credential['device_code']] = now
        return now - last < DeviceEndpoint.INTERVAL


class KeyAuthentication(JWTBearerClientAssertion):
    CLIENT_AUTH_METHOD = 'private_key_jwt'

    def validate_jti(self, claims, jti):
        fresh = jti not in assertions
        assertions.add(jti)
        return fresh

    def resolve_client_public_key(self, client, headers):
        return JsonWebKey.import_key_set(client['jwks']).find_by_kid(headers['kid'])


class Assertion(JWTBearerGrant):
    CLAIMS_OPTIONS = {**JWTBearerGrant.CLAIMS_OPTIONS, 'aud': {'essential': True, 'value': issuer}}

    def resolve_issuer_client(self, iss):
        return clients[iss]

    def resolve_client_key(self, client, headers, payload):
        return JsonWebKey.import_key_set(client['jwks']).find_by_kid(headers['kid'])

    def authenticate_user(self, subject):
        return USER if subject == USER['sub'] else None

    def has_granted_permission(self, client, user):
        return True


class Introspection(IntrospectionEndpoint):
    CLIENT_AUTH_METHODS = METHODS

    def query_token(self, token_string, token_type_hint):
        return find_token(token_string, 'access_token', 'refresh_token')

    def check_permission(self, token, client, req):
        return token.check_client(client)

    def introspect_token(self, token):
        expires = token['issued_at'] + token['expires_in']
        return {'scope': token['scope'], 'client_id': token['client_id'], 'sub': token['sub'], 'exp': expires, 'iss': issuer}


class Revocation(RevocationEndpoint):
    CLIENT_AUTH_METHODS = METHODS

    def query_token(self, token_string, token_type_hint):
        return find_token(token_string, 'access_token', 'refresh_token')

    def revoke_token(self, token, req):
        token['revoked'] = True


class Bearer(BearerTokenValidator):
    def authenticate_token(self, token_string):
        return find_token(token_string, 'access_token')
