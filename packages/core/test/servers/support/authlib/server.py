"""An authorization server on 127.0.0.1, of Authlib's grants and endpoints.

Authlib decides everything that a standard rules. Usage: server.py <port> <file>, where the file holds {"clients": [...]}
with the fields of RFC 7591.
"""

import os

os.environ['AUTHLIB_INSECURE_TRANSPORT'] = '1'  # plain http, on loopback

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector, current_token
from flask import Flask, jsonify, request
from grants import (
    METHODS, Assertion, Bearer, Challenge, CodeGrant, Device, DeviceEndpoint, Hybrid, IdentityCode, Introspection,
    KeyAuthentication, Machine, Refresh, Revocation, key,
)
from storage import USER, approvals, clients, issuer, port, save_token
from werkzeug.serving import make_server

app = Flask(__name__)
app.config.update(OAUTH2_REFRESH_TOKEN_GENERATOR=True, OAUTH2_SCOPES_SUPPORTED=['openid', 'read', 'write'])
server = AuthorizationServer(app, query_client=clients.get, save_token=save_token)
server.register_client_auth_method('private_key_jwt', KeyAuthentication(issuer))
server.register_grant(CodeGrant, [IdentityCode(), Challenge(required=True)])
for grant in (Hybrid, Refresh, Machine, Device, Assertion):
    server.register_grant(grant)
for endpoint in (DeviceEndpoint, Introspection, Revocation):
    server.register_endpoint(endpoint)
protect = ResourceProtector()
protect.register_token_validator(Bearer())


@app.get('/.well-known/openid-configuration')
def discovery():
    return jsonify(
        issuer=issuer,
        authorization_endpoint=issuer + '/authorize',
        token_endpoint=issuer + '/token',
        device_authorization_endpoint=issuer + '/device_authorization',
        introspection_endpoint=issuer + '/introspect',
        revocation_endpoint=issuer + '/revoke',
        userinfo_endpoint=issuer + '/userinfo',
        jwks_uri=issuer + '/jwks',
        response_types_supported=['code', 'code id_token'],
        subject_types_supported=['public'],
        id_token_signing_alg_values_supported=['RS256'],
        code_challenge_methods_supported=['S256'],
        token_endpoint_auth_methods_supported=METHODS,
        token_endpoint_auth_signing_alg_values_supported=['RS256', 'ES256'],
        introspection_endpoint_auth_methods_supported=METHODS,
        revocation_endpoint_auth_methods_supported=METHODS,
    )


@app.get('/jwks')
def jwks():
    return jsonify(keys=[{**key.as_dict(is_private=False), 'use': 'sig', 'alg': 'RS256'}])


@app.post('/authorize')
def authorize():
    """The user has logged in, and has pressed a button of the consent page."""
    return server.create_authorization_response(grant_user=USER if request.form.get('consent') == 'yes' else None)


@app.post('/token')
def token():
    return server.create_token_response()


@app.post('/device')
def device():
    approvals[request.form['user_code']] = request.form.get('consent') == 'yes'
    return ''


for name, place in (('device_authorization', 'device_authorization'), ('introspection', 'introspect'), ('revocation', 'revoke')):
    app.add_url_rule(f'/{place}', name, lambda name=name: server.create_endpoint_response(name), methods=['POST'])


@app.get('/userinfo')
@protect('openid')
def userinfo():
    return jsonify({**USER, 'sub': current_token['sub']})


listening = make_server('127.0.0.1', port, app, threaded=True)
print('Authlib listens', flush=True)
listening.serve_forever()
